"""No method of the package's resources goes untested."""

import inspect
from pathlib import Path

import pytest
from conftest import RESOURCES, called
from wallgent import Wallgent


def methods() -> set:
    """Every public method of every resource, by either client."""
    with Wallgent(api_key="wg_test_unused") as package:
        return {
            (kind, resource, name)
            for kind in ["sync", "async"]
            for resource in RESOURCES
            for name, _ in inspect.getmembers(getattr(package, resource), inspect.ismethod)
            if not name.startswith("_")
        }


def test_every_method_was_called(request: pytest.FixtureRequest) -> None:
    files = {item.path for item in request.session.items}
    options = request.config.option
    if options.keyword or options.markexpr or files != set(Path(__file__).parent.glob("test_*.py")):
        pytest.skip("only some of the tests were asked for")
    assert methods() - called == set()


def test_the_list_of_methods_is_not_empty() -> None:
    assert ("async", "payments", "batch") in methods()
    assert ("sync", "wallets", "list_holds") in methods()
