"""Words that fictitious companies, people, streets and invoice lines are put together from.

Everything named is invented, except pairs of postal code and town, which are facts. E-mail addresses end in
``.example``, which no one can own (RFC 2606).
"""

from __future__ import annotations

FIRST_NAMES = (
    "Agnete", "Albert", "Anders", "Astrid", "Bodil", "Carl", "Clara", "Ditte", "Ebbe", "Ellen", "Esben", "Frida",
    "Gorm", "Gudrun", "Hanne", "Holger", "Ida", "Ingrid", "Jens", "Jytte", "Karen", "Kasper", "Kirsten", "Laust",
    "Liv", "Mads", "Maren", "Mikkel", "Nanna", "Niels", "Olga", "Palle", "Rikke", "Signe", "Svend", "Thyra",
    "Troels", "Ulla", "Vagn", "Åse",
)  # fmt: skip

SURNAMES = (
    "Agerskov", "Birkelund", "Brændegård", "Dalsgård", "Egelykke", "Enghave", "Fjordholm", "Gammelby", "Grønlykke",
    "Hasselbo", "Havbæk", "Hedemark", "Hvidkilde", "Højbjerre", "Kildemose", "Klitbo", "Kærsholm", "Lindekrog",
    "Lyngholt", "Mølleby", "Mosegård", "Nørreskov", "Overbæk", "Piledam", "Ravnkilde", "Rødkær", "Skovsende",
    "Stenbroe", "Sønderkær", "Tangmose", "Toftebjerg", "Tranekær", "Ulvedal", "Vadsted", "Vestermark", "Vinkelhøj",
    "Æbelholt", "Ørnsholt", "Østerkilde", "Ågård",
)  # fmt: skip

TRADES = (
    "Tømrer", "VVS", "El-teknik", "Murerforretning", "Malerfirma", "Vognmandsforretning", "Maskinstation", "Gartneri",
    "Bageri", "Slagteri", "Boghandel", "Cykler", "Autoværksted", "Arkitekter", "Ingeniører", "Rengøring", "Smede",
    "Møbelsnedkeri", "Tagdækning", "Kloakservice", "Fysioterapi", "Tandlæger", "Dyreklinik", "Ejendomme", "Handel",
    "Logistik", "Software", "Reklame", "Trykkeri", "Catering", "Fiskeeksport", "Vinimport", "Brolægning", "Glarmester",
)  # fmt: skip

FORMS = ("ApS", "ApS", "ApS", "A/S", "A/S", "I/S", "P/S", "")

STREET_BEGINNINGS = (
    "Lærke", "Birke", "Møllebæk", "Skovduen", "Kilde", "Engdrags", "Hyldebær", "Rugmark", "Strandlyng", "Vesterled",
    "Klokkeblomst", "Tjørne", "Havtorn", "Stenkløver", "Bøgelunds", "Digeager", "Fyrretræs", "Gåsefod", "Honningurt",
)  # fmt: skip
STREET_ENDS = ("vej", "stien", "bakken", "parken", "toften", "vænget", "gade", "allé")

TOWNS = (
    ("1620", "København V"), ("2100", "København Ø"), ("2300", "København S"), ("2450", "København SV"),
    ("2605", "Brøndby"), ("2750", "Ballerup"), ("2800", "Kongens Lyngby"), ("3000", "Helsingør"), ("3400", "Hillerød"),
    ("3600", "Frederikssund"), ("3700", "Rønne"), ("4000", "Roskilde"), ("4100", "Ringsted"), ("4180", "Sorø"),
    ("4300", "Holbæk"), ("4400", "Kalundborg"), ("4600", "Køge"), ("4700", "Næstved"), ("4800", "Nykøbing F"),
    ("5000", "Odense C"), ("5500", "Middelfart"), ("5600", "Faaborg"), ("5700", "Svendborg"), ("5800", "Nyborg"),
    ("6000", "Kolding"), ("6100", "Haderslev"), ("6200", "Aabenraa"), ("6400", "Sønderborg"), ("6700", "Esbjerg"),
    ("6800", "Varde"), ("7000", "Fredericia"), ("7100", "Vejle"), ("7400", "Herning"), ("7500", "Holstebro"),
    ("7600", "Struer"), ("7700", "Thisted"), ("7800", "Skive"), ("8000", "Aarhus C"), ("8200", "Aarhus N"),
    ("8600", "Silkeborg"), ("8700", "Horsens"), ("8800", "Viborg"), ("8900", "Randers C"), ("9000", "Aalborg"),
    ("9400", "Nørresundby"), ("9700", "Brønderslev"), ("9800", "Hjørring"), ("9900", "Frederikshavn"),
)  # fmt: skip

# (text, work type, unit, has VAT)
SERVICES = (
    ("Assistance ved årsrapport {year}", "REG", "timer", True),
    ("Revision af årsregnskab {year}", "REV", "timer", True),
    ("Selskabsselvangivelse {year}", "SKAT", "timer", True),
    ("Momsangivelse, {quarter}. kvartal", "REG", "timer", True),
    ("Lønadministration, {month}", "LØN", "stk", True),
    ("Bogføring, {month}", "REG", "timer", True),
    ("Budget og likviditetsoversigt", "RÅD", "timer", True),
    ("Rådgivning om generationsskifte", "RÅD", "timer", True),
    ("Møde og telefonisk rådgivning", "RÅD", "timer", True),
    ("Gennemgang af varelager", "REV", "timer", True),
    ("Abonnement, regnskabsprogram, {month}", "REG", "stk", True),
)
EXEMPT_SERVICES = (
    ("Udlæg: gebyr til Erhvervsstyrelsen", "UDL", "stk", False),
    ("Udlæg: tinglysningsafgift", "UDL", "stk", False),
    ("Momsfrit kursus i bogføring", "KUR", "stk", False),
)
TEXT_LINES = (
    "Vedrørende arbejde aftalt på vores møde.",
    "Timerne fremgår af vedlagte specifikation.",
    "Tak for samarbejdet.",
)
MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
