"""What was found about one pair, as it is stored and reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledgerbridge.reasons import Reason
from ledgerbridge.reconciliation.kinds import AnyClass, InvoiceClass, Standing, main_class, standing

__all__ = ["Finding", "Judgement"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a pair differs, or one thing to know about it, and its sentence."""

    of: AnyClass
    reason: Reason


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything found about one pair: exactly one main class, and all the classes it falls into."""

    main: AnyClass
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Sequence[Finding], agrees: AnyClass) -> Judgement:
        """The judgement that follows from ``findings``; without any, the pair is ``agrees``."""
        if not findings:
            return cls(agrees)
        main = main_class(finding.of for finding in findings)
        # The main class's sentence first; the others in the order in which they were found.
        return cls(main, tuple(sorted(findings, key=lambda finding: finding.of is not main)))

    @property
    def classes(self) -> tuple[AnyClass, ...]:
        """Every class once, the main one first."""
        return tuple(dict.fromkeys((self.main, *(finding.of for finding in self.findings))))

    @property
    def standing(self) -> Standing:
        """What the pair means for the verdict."""
        return standing(self.main)

    @property
    def not_delivered(self) -> bool:
        """Whether it belongs into the section of what is not delivered, whatever else is found."""
        return any(standing(each) is Standing.NOT_DELIVERED for each in self.classes)

    def has(self, of: InvoiceClass) -> bool:
        """Whether ``of`` is among the classes."""
        return any(each is of for each in self.classes)
