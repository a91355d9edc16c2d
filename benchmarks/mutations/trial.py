"""After a mutation: does every verdict that was reused hold when the session really runs?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.mutations.mutate import Mutation
from benchmarks.mutations.shop import Said, Shop, is_green


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One mutation. `ran` said of themselves what they would say without the cache; of `reused`
    those that did not agree when they ran are `wrong`, and those that agreed at the second
    attempt only are `unsteady`. `refused`: nox ended before any session, as it does without
    the cache."""

    file: str
    line: int
    kind: str
    how: str
    before: str
    after: str
    ran: Sequence[str] = ()
    red: Sequence[str] = ()
    reused: Sequence[str] = ()
    wrong: Sequence[str] = ()
    unsteady: Sequence[str] = ()
    refused: bool = False
    said: str = ""


def look(shop: Shop, mutation: Mutation, checks: Sequence[str]) -> Said:
    """What a run with the cache says of it."""
    shop.apply([mutation])
    try:
        return shop.run(checks, cache="write")
    finally:
        shop.undo()


def verify(shop: Shop, mutations: Sequence[Mutation], sessions: Iterable[str]) -> list[str]:
    """Runs these sessions with the mutations in place and without the cache; those that are
    not green, though a kept verdict said so."""
    asked = sorted(sessions)
    if not asked:
        return []
    shop.apply(mutations)
    try:
        said = shop.run(asked, cache="off")
    finally:
        shop.undo()
    return [name for name in asked if not is_green(said.verdicts.get(name, ""))]


def judge(shop: Shop, mutation: Mutation, said: Said, doubted: Iterable[str]) -> Tried:
    """`doubted` are reused sessions that were not green in the first check, of it alone or
    together with others: each is run again, alone."""
    reused = sorted(said.reused)
    again = verify(shop, [mutation], doubted)
    wrong = verify(shop, [mutation], again)
    refused = not said.verdicts
    if refused:
        wrong = _green_without_cache(shop, mutation)
    ran = sorted(set(said.verdicts) - said.reused)
    return Tried(
        file=mutation.file,
        line=mutation.line,
        kind=mutation.kind,
        how=mutation.how,
        before=mutation.before,
        after=mutation.after,
        ran=ran,
        red=[name for name in ran if not is_green(said.verdicts[name])],
        reused=reused,
        wrong=wrong,
        unsteady=[name for name in again if name not in wrong],
        refused=refused,
        said=said.output[-500:] if refused else "",
    )


def _green_without_cache(shop: Shop, mutation: Mutation) -> list[str]:
    """Sessions that run when nothing may be reused, though the run before refused to begin."""
    shop.apply([mutation])
    try:
        return sorted(shop.run(("ci",), cache="off").verdicts)
    finally:
        shop.undo()
