"""What on-call reads beside each task in the Airflow UI."""

from __future__ import annotations

__all__ = [
    "BROKEN",
    "CLOSED",
    "EXTRACT",
    "LINK",
    "LOAD",
    "PREFLIGHT",
    "RECONCILE",
    "REQUESTS",
    "SETTLE",
    "TRANSFORM",
    "VALIDATE",
]

EXTRACT = """
**Reads what changed** in the time system since the last run, and takes up what earlier runs still owe. What the
invoices' form asks for (accept a difference in VAT, set an invoice aside) is done first.

*Skipped (pink)*: nothing to do, or the integration is not switched on yet (the log says which).
*Red*: the source database did not answer, or a right is missing there. Nothing is lost: the next run reads the same
changes again. See the log for the cause; **Clear** when it is mended.
Red after the form was used: the form asked for something that cannot be done; the log says what. Start it again.
"""

VALIDATE = """
**Checks every record** against the rules (Great Expectations). A record that fails is set aside with its reason;
the others go on. This task is red only for a fault of its own, never for a record: the record's `load` instance is.
"""

TRANSFORM = """
**Makes the exact payloads.** Invoices whose customer has no link wait here by themselves; finance links the customer
in `link_customers`. Red only for a fault of its own; **Clear** is safe at any time.
"""

LOAD = """
**Sends one chunk to the accounting system.** Red means that something in it needs a person or an answer; the log
names each record with a code, the cause and what to do (English, then Danish).

- *rejected*: mend what the line names, then **Clear this instance**. It is validated again, and only what is still
  owed is sent.
- *in doubt*: an answer was lost. The task asks the accounting system by itself after a short wait, before anything is
  sent again. If it stays red: **Clear**.
- *…_grant_needed*, *…_login_refused*: the token is dead, or the user is not let in. Grant access again, put the
  token or password into the connection, **Clear**.
- *agreement_held*: the same, met by an earlier task, which is red; until the grant is back nothing is called.
- *invoice_vat_differs*: start this DAG with its form to accept the difference, or mend the invoice.
- *settings_refused*, *…_access_denied*: a setting, role, right or module. Mend it, **Clear**.

Clearing never sends anything twice: what was delivered is known.
"""

SETTLE = """
**Closes the run, whatever happened**: names what dead tasks left behind, fetches the PDFs, seals the history, counts,
and starts the reconciliation. **Clear** is safe at any time.
"""

CLOSED = """
**The end of the run.** Not run when `load` or `settle` is red, so that the run is red as well. Clear the red one.
"""

RECONCILE = """
**Compares both sides** and writes the reports (HTML, CSV, XLSX; Danish and English). It changes nothing on either
side. Red only when a side could not be read; **Clear** is safe at any time.
"""

REQUESTS = """
**Carries out what people asked for on finance's pages**, each in the name of whoever asked, and answers there. Skipped
when there was nothing that a run has to go on with. Red only when our own database or Airflow's connection was away;
**Clear** is safe at any time: what was answered is not done again.
"""

LINK = """
**Does what the form asked**: list, link, unlink, create, skip or confirm. Red means that the request was refused; the
log says why, and nothing was changed.
"""

PREFLIGHT = """
**Checks the agreement** against the integration's settings; changes nothing. Red when an item fails; the log lists all
of them. Started with *confirm*, it also switches the integration on.
"""

BROKEN = """
**Says what is wrong with the integration's file**, in both languages: file, key, value and what is allowed. Mend the
file; the integration's own DAGs appear with the next parse, and this one goes. The other integrations are not touched.
"""
