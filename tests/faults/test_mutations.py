"""The mutations of `make mutations` fit the code of today, name tests that exist, and leave no promise out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mutate import MUTATIONS, ROOT, Mutation, applies, is_seen, read_mutations

# Without pages of our own, P20 is Airflow's to keep: there is nothing of ours to switch off.
PROMISES = {f"P{number}" for number in range(1, 21)} - {"P20"}


def test_every_promise_has_one() -> None:
    assert {mutation.promise for mutation in read_mutations()} == PROMISES


@pytest.mark.parametrize("mutation", read_mutations(), ids=lambda mutation: mutation.path.stem)
def test_it_fits_the_code(mutation: Mutation) -> None:
    assert applies(mutation, ROOT, only_check=True), "the code has moved on: make the patch anew"


@pytest.mark.parametrize(
    ("exit_code", "output", "expected"),
    [
        (1, "E  it stands 2 times\n1 failed", True),
        (1, "E  KeyError\n1 failed", False),
        (0, "it stands 2 times\n1 passed", False),
        (2, "it stands 2 times\n1 error", False),
        (None, "", False),
    ],
)
def test_a_test_that_fails_for_another_reason_has_not_seen_it(
    exit_code: int | None, output: str, *, expected: bool
) -> None:
    mutation = Mutation(MUTATIONS / "made_up.patch", "P1", "what", "test", r"stands \d times")
    assert is_seen(mutation, exit_code, output)[0] is expected


@pytest.mark.parametrize("mutation", read_mutations(), ids=lambda mutation: mutation.path.stem)
def test_the_test_that_must_see_it_exists(mutation: Mutation) -> None:
    file, _, name = mutation.red.partition("::")
    text = (ROOT / Path(file)).read_text(encoding="utf-8")
    assert re.search(rf"^def {name}\(", text, re.MULTILINE), mutation.red
    assert re.search(rf'mark\.spec\([^)]*"{mutation.promise}"', text), f"{file} does not cite {mutation.promise}"
