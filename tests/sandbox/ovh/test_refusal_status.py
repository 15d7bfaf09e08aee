"""Faults that refuse a call can do it with any status of a refusal, with the class that belongs to it."""

import pytest
from ovh.exceptions import APIError

REFUSED = {
    400: "Client::BadRequest",
    404: "Client::NotFound",
    409: "Client::Conflict",
    423: "Client::Locked",
    460: "Client::ClientError",
}


@pytest.mark.parametrize(("kind", "done"), [("refuse", 0), ("refused_after", 1), ("repeated", 1)])
@pytest.mark.parametrize("status", REFUSED)
async def test_any_refusal_has_the_class_of_its_status(simulator, client, call, kind, done, status):
    """Also one that no list of the simulation names; only `refuse` leaves the call undone."""
    simulator.faults.add("POST", "/order/cart", kind, status=status)
    with pytest.raises(APIError) as caught:
        await call(client.post, "/order/cart", ovhSubsidiary="FR")
    answer = caught.value.response
    assert (answer.status_code, answer.json()["class"]) == (status, REFUSED[status])
    assert len(simulator.carts.all) == done


@pytest.mark.parametrize("status", [200, 500])
def test_a_refusal_with_another_status_is_a_mistake(simulator, status):
    with pytest.raises(ValueError, match=str(status)):
        simulator.faults.add("GET", "/me", "refuse", status=status)
