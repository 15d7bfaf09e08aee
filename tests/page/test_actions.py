"""What is clicked on the page a moment after it was rendered again."""

from sandbox.page.actions import Actions
from tests.story.conftest import Story


async def test_a_click_on_what_was_just_rendered_again_still_counts(story: Story):
    await story.search_and_add("name.ovh")
    cart = await story.sees(story.ada, "Request approval")
    asked = {"do": "press", "channel": "domains", "ts": cart.ts, "block": "of-the-older-drawing"}
    assert await Actions(story.slack).carry_out("ada", asked | {"action": "request_approval"}) == {}
    await story.slack.until(lambda: story.ada.modal)


async def test_a_click_on_what_is_gone_is_told(story: Story):
    actions = Actions(story.slack)
    gone = {"do": "press", "channel": "domains", "ts": "1.0", "block": "b", "action": "approve"}
    assert await actions.carry_out("ada", gone) == {"problem": "That is no longer there. Look at the newest message."}
