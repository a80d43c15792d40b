"""The package's tools, run as LangChain and Google ADK run them: by name, with arguments that a model wrote."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List

import pytest
from conftest import Server
from langchain_core.tools import BaseTool
from wallgent import Wallgent, WallgentError
from wallgent.google_adk import get_wallgent_tools as functions
from wallgent.langchain import get_wallgent_tools as langchain_tools
from wallgent.models import Invoice, Payment, Wallet, WalletBalance

# A line as a model writes it: as a text, a price without quotes, no quantity.
LINES = '[{"description": "Service", "unitPrice": 100.00}]'

TOOLS = {
    "check_balance",
    "send_payment",
    "create_wallet",
    "list_wallets",
    "fund_wallet",
    "create_invoice",
    "pay_agent",
    "search_directory",
}

# What runs a tool by its name, and gives what it answered.
Run = Callable[..., Any]


@pytest.fixture
def package(server: Server) -> Iterator[Wallgent]:
    with Wallgent(api_key=server.sandboxKey, base_url=server.base_url) as package:
        yield package


@dataclass
class World:
    """Whom the tools pay, and whom they ask for money."""

    server: Server
    package: Wallgent
    customer: str
    payee: Dict[str, Any]


@pytest.fixture
def world(server: Server, package: Wallgent) -> World:
    payee = package.agents.create("Margay Tool")
    package.wallets.fund(server.sandboxWalletId, "10.00")
    customer = package.customers.create(email=f"{payee['id']}@acme.example")
    return World(server, package, customer["id"], payee)


def tell_the_story(run: Run, world: World, invoice_argument: Callable[[str], str]) -> None:
    """One story of all eight tools, for either framework."""
    buyer = Wallet.model_validate(run("create_wallet", name="Tool buyer", agent_name="tool"))
    run("fund_wallet", wallet_id=buyer.id, amount="50.00")
    found = run("search_directory", search="margay")
    (entry,) = [it for it in found if it["walletId"] == world.payee["id"]]
    paid = run(
        "send_payment",
        from_wallet_id=buyer.id,
        to_wallet_id=entry["walletId"],
        amount="10.00",
        description="By a tool",
    )
    assert Payment.model_validate(paid).status == "POSTED"
    by_address = run("pay_agent", to_address=entry["wallgentAddress"], amount="10.00")
    assert by_address["status"] == "POSTED"
    balance = WalletBalance.model_validate(run("check_balance", wallet_id=entry["walletId"]))
    assert balance.available == "20.00"
    # The payee is the newest wallet but for the buyer.
    assert [it["id"] for it in run("list_wallets")["data"]][:2] == [buyer.id, entry["walletId"]]

    arguments = {"wallet_id": buyer.id, "customer_id": world.customer, "line_items": LINES}
    named = {invoice_argument(name): value for name, value in arguments.items()}
    invoice = Invoice.model_validate(run("create_invoice", **named, memo="By a tool"))
    assert (invoice.status, invoice.total) == ("DRAFT", "100.00")
    assert (invoice.wallet_id, invoice.customer_id) == (buyer.id, world.customer)
    (line,) = invoice.line_items or []
    assert (line.quantity, line.unit_price, line.total) == (1, "100.00", "100.00")


def camel(name: str) -> str:
    """LangChain knows the arguments of this one tool by their aliases."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def test_the_tools_for_langchain_run(world: World) -> None:
    tools: Dict[str, BaseTool] = {tool.name: tool for tool in langchain_tools(world.package)}
    assert set(tools) == {f"wallgent_{name}" for name in TOOLS}

    def run(tool: str, /, **arguments: Any) -> Any:
        call = {"type": "tool_call", "id": "call_1", "name": f"wallgent_{tool}", "args": arguments}
        message = tools[call["name"]].invoke(call)
        assert message.status == "success"
        return json.loads(message.content)

    tell_the_story(run, world, camel)


def test_a_refusal_reaches_whoever_runs_the_tool(world: World) -> None:
    tools = {tool.name: tool for tool in langchain_tools(world.package)}
    with pytest.raises(WallgentError) as refused:
        tools["wallgent_check_balance"].invoke({"wallet_id": "wal_unknown"})
    assert (refused.value.status_code, refused.value.error_code) == (404, "WALLET_NOT_FOUND")


def test_the_tools_for_google_adk_are_plain_functions(world: World) -> None:
    tools = {tool.__name__: tool for tool in functions(world.package)}
    assert set(tools) == TOOLS

    def run(tool: str, /, **arguments: Any) -> Any:
        return json.loads(tools[tool](**arguments))

    tell_the_story(run, world, str)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="google-adk needs Python 3.11")
def test_an_agent_of_google_adk_runs_them(world: World) -> None:
    from google.adk.agents import Agent
    from google.adk.models import BaseLlm, LlmRequest, LlmResponse
    from google.adk.runners import InMemoryRunner
    from google.genai import types

    class OneCall(BaseLlm):
        """A model that asks for one tool, and is content with what it answers."""

        tool: str
        arguments: Dict[str, Any]
        answers: List[Any] = []

        async def generate_content_async(self, llm_request: LlmRequest, stream: bool = False) -> Any:
            # It was told what there is, in the words of the functions' own documentation.
            assert set(llm_request.tools_dict) == TOOLS
            (part,) = llm_request.contents[-1].parts
            if part.function_response:
                self.answers.append(json.loads(part.function_response.response["result"]))
                reply = types.Part(text="done")
            else:
                call = types.FunctionCall(name=self.tool, args=self.arguments)
                reply = types.Part(function_call=call)
            yield LlmResponse(content=types.Content(role="model", parts=[reply]))

    def run(tool: str, /, **arguments: Any) -> Any:
        model = OneCall(model="scripted", tool=tool, arguments=arguments)
        agent = Agent(name="finance_agent", model=model, tools=functions(world.package))
        asyncio.run(InMemoryRunner(agent).run_debug("Go on", quiet=True))
        (answer,) = model.answers
        return answer

    tell_the_story(run, world, str)
