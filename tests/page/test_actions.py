"""What is clicked on the page a moment after it was rendered again."""

from sandbox.page.actions import Actions
from tests.scenarios.conftest import Scenario


async def test_a_click_on_what_was_just_rendered_again_still_counts(scenario: Scenario):
    await scenario.search_and_add("name.ovh")
    cart = await scenario.sees(scenario.ada, "*Cart #")
    asked = {"do": "press", "channel": "domains", "ts": cart.ts, "block": "of-the-older-drawing"}
    assert await Actions(scenario.slack).carry_out("ada", asked | {"action": "request_approval"}) == {}
    await scenario.slack.until(lambda: scenario.ada.modal)


async def test_a_click_on_what_is_gone_is_told(scenario: Scenario):
    actions = Actions(scenario.slack)
    gone = {"do": "press", "channel": "domains", "ts": "1.0", "block": "b", "action": "approve"}
    assert await actions.carry_out("ada", gone) == {"problem": "That is no longer there. Look at the newest message."}
