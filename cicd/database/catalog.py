"""The four providers, in the order in which they are tried."""

from __future__ import annotations

import difflib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cicd.database.container import ContainerProvider
from cicd.database.embedded import EmbeddedProvider
from cicd.database.given import GivenProvider
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Refusal
from cicd.errors import MissingError, RemoteError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cicd.database.port import Candidate, Provider, Server
    from cicd.model import Secret
    from cicd.system.place import Place

NAMES = ("given", "container", "local", "embedded")
VARIABLE = "CICD_DATABASE"
"""Restricts the choice to the provider that it names."""


def providers(
    place: Place,
    *,
    url: Secret | None,
    environ: Mapping[str, str],
    npm: Callable[[], tuple[str, ...]],
    say: Callable[[str], None] = lambda line: None,
) -> tuple[Provider, ...]:
    """All of them. `url` is what CICD_DATABASE_URL says, `environ` tells where an engine and
    a PostgreSQL of this machine are found, `npm` gives the words that start npm or raises
    `MissingError`, `say` shows a line about something that takes a while."""
    return (
        GivenProvider(url=url),
        ContainerProvider(environ=environ, cache=place.cache, say=say),
        LocalProvider(cache=place.cache, path=environ.get("PATH", "")),
        EmbeddedProvider(cache=place.cache, runner=place.runner, npm=npm, say=say),
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Who can serve, the best first, and why the others cannot."""

    need: Need
    candidates: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]

    def require(self) -> Candidate:
        """The best; raises `MissingError` with every reason when there is none."""
        if not self.candidates:
            raise MissingError(render_refusals(self.need, self.refusals))
        return self.candidates[0]


def survey(need: Need, providers: Iterable[Provider], only: str | None = None) -> Choice:
    """Asks every provider that may serve. `only` is what CICD_DATABASE says."""
    named = require_name(only) if only else ""
    answers = [
        provider.probe(need) for provider in providers if not named or provider.name == named
    ]
    return Choice(
        need,
        tuple(answer for answer in answers if not isinstance(answer, Refusal)),
        tuple(answer for answer in answers if isinstance(answer, Refusal)),
    )


def choose(
    need: Need,
    providers: Sequence[Provider],
    only: str | None = None,
    *,
    accept_other_major: bool = False,
) -> Candidate:
    """The first provider that can serve. Raises `MissingError` with each one's reason.

    With `accept_other_major`, and only when nobody has the major that is needed, a local
    PostgreSQL of another one: `Server.version` tells, and the caller says NOT VERIFIED.
    """
    choice = survey(need, providers, only)
    if choice.candidates or not accept_other_major:
        return choice.require()
    return _other_major(need, providers, only) or choice.require()


def _other_major(need: Need, providers: Sequence[Provider], only: str | None) -> Candidate | None:
    """The nearest newer major that is installed here, else the newest of the older ones."""
    installed = [p for p in providers if isinstance(p, LocalProvider) and only in (None, p.name)]
    for provider in installed:
        newer = [major for major in provider.majors() if int(major) > int(need.major)]
        older = [major for major in provider.majors() if int(major) < int(need.major)]
        for major in (*newer, *reversed(older)):
            answer = provider.probe(Need(major=major, extensions=need.extensions))
            if not isinstance(answer, Refusal):
                return answer
    return None


@contextmanager
def open_server(
    need: Need,
    providers: Sequence[Provider],
    only: str | None = None,
    *,
    accept_other_major: bool = False,
    schema: str = "",
) -> Iterator[Server]:
    """A server that answers; it is gone when the block ends. `schema`: see `Candidate.open`.

    What dead owners left is removed first. A provider that could not start after all is
    followed by the next one. Raises `MissingError` with every reason when none is left.
    """
    sweep(providers)
    with ExitStack() as stack:
        yield _open_first(need, providers, only, accept_other_major, stack, schema)


def _open_first(
    need: Need,
    providers: Sequence[Provider],
    only: str | None,
    accept_other_major: bool,
    stack: ExitStack,
    schema: str,
) -> Server:
    choice = survey(need, providers, only)
    refusals = list(choice.refusals)
    for candidate in choice.candidates:
        try:
            return stack.enter_context(candidate.open(schema=schema))
        except (MissingError, RemoteError) as error:
            refusals.append(Refusal(candidate.provider, _without_name(candidate.provider, error)))
    if accept_other_major and (other := _other_major(need, providers, only)):
        return stack.enter_context(other.open(schema=schema))
    raise MissingError(render_refusals(need, refusals))


def _without_name(provider: str, error: MissingError | RemoteError) -> str:
    return str(error).removeprefix(f"{provider}: ")


def sweep(providers: Iterable[Provider]) -> tuple[str, ...]:
    """Removes what dead owners left, everywhere; tells what."""
    return tuple(dict.fromkeys(thing for provider in providers for thing in provider.sweep()))


def require_name(only: str) -> str:
    """The provider's name, or `SettingsError` with the one that was perhaps meant."""
    if only in NAMES:
        return only
    near = difflib.get_close_matches(only, NAMES, n=1)
    fix = f"did you mean `{near[0]}`?" if near else f"It is one of: {', '.join(NAMES)}"
    raise SettingsError(f"{VARIABLE}: there is no provider `{only}`", fix=fix)


def render_refusals(need: Need, refusals: Iterable[Refusal]) -> str:
    """What was tried and why it could not be, in the order in which it is tried."""
    ordered = sorted(refusals, key=lambda refusal: NAMES.index(refusal.provider))
    width = max(map(len, NAMES))
    lines = [f"  {refusal.provider:<{width}}  {refusal.reason}" for refusal in ordered]
    return "\n".join((f"database  PostgreSQL {need.major} was asked for. Tried:", *lines))
