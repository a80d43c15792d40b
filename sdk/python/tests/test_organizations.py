"""The organization itself."""

from conftest import Client, Server
from wallgent.models import Organization


def test_the_organization_is_read_and_renamed(client: Client, server: Server) -> None:
    before = Organization.model_validate(client.organizations.retrieve())
    assert before.id == server.organizationId
    assert before.plan == "SELF_HOSTED"
    assert before.members is not None

    answer = client.organizations.update(name="Renamed & Söhne")
    assert (answer["ok"], answer["name"]) == (True, "Renamed & Söhne")
    after = Organization.model_validate(client.organizations.retrieve())
    assert (after.name, after.email) == ("Renamed & Söhne", before.email)
    client.organizations.update(name=before.name)
    assert Organization.model_validate(client.organizations.retrieve()).name == before.name
