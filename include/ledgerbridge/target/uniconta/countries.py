"""Countries by ISO 3166 code and by Uniconta's names for them (appendix A), misprints as they are there."""

from __future__ import annotations

__all__ = ["code_of", "name_of"]

_TABLE = """
AC:AscensionIsland AD:Andorra AE:UnitedArabEmirates AF:Afghanistan AG:AntiguaBarbuda AI:Anguilla AL:Albania
AM:Armenia AO:Angola AR:Argentina AS:AmericanSamoa AT:Austria AU:Australia AW:Aruba AX:Aland AZ:Azerbaijan
BA:BosniaHerzegovina BB:Barbados BD:Bangladesh BE:Belgium BF:BurkinaFaso BG:Bulgaria BH:Bahrain BI:Burundi BJ:Benin
BL:SaintBarthelemy BM:Bermuda BN:Brunei BO:Bolivia BR:Brazil BS:Bahamas BT:Bhutan BW:Botswana BY:Belarus BZ:Belize
CA:Canada CC:CocosKeelingIslands CF:CentralAfricaRepublic CG:Congo CH:Switzerland CI:Cotedlvoire CK:CookIslands
CL:Chile CM:Cameroon CN:China CO:Colombia CR:CostaRica CU:Cuba CV:CapeVerde CX:ChristmasIsland CY:Cyprus
CZ:CzechRepublic DE:Germany DJ:Djibouti DK:Denmark DM:Dominica DO:DominicanRepublic DZ:Algeria EC:Ecuador EE:Estonia
EG:Egypt EH:SahrawiArabDemocraticRepublic ER:Eritrea ES:Spain ET:Ethiopia FI:Finland FJ:Fiji FK:FalklandIslands
FM:Micronesia FO:FaroeIslands FR:France GA:Gabon GB:UnitedKingdom GD:Grenada GE:Georgia GG:Guemsey GH:Ghana
GI:Gibraltar GL:Greenland GM:Gambia GN:Guinea GQ:EquatorialGuinea GR:Greece GT:Guatemala GU:Guam GW:GuineaBissau
GY:Guyana HK:HongKong HN:Honduras HR:Croatia HT:Haiti HU:Hungary ID:Indonesia IE:Ireland IL:Israel IM:IsleofMan
IN:India IQ:Iraq IR:Iran IS:Iceland IT:Italy JE:Jersey JM:Jamaica JO:Jordan JP:Japan KE:Kenya KG:Kyrgyzstan
KH:Cambodia KI:Kiribati KM:Comoros KN:SaintKittsAndNevis KP:KoreaNorth KR:KoreaSouth KW:Kuwait KY:CaymanIslands
KZ:Kazakhstan LA:Laos LB:Lebanon LC:SaintLucia LI:Liechtenstein LK:SriLanka LR:Liberia LS:Lesotho LT:Lithuania
LU:Luxembourg LV:Latvia LY:Libya MA:Morocco MC:Monaco MD:Moldova ME:Montenegro MF:SaintMartin MG:Madagascar
MH:MarshallIslands MK:Macedonia ML:Mali MM:Myanmar MN:Mongolia MO:Macao MP:NorthernMarianaIslands MR:Mauritania
MS:Montserrat MT:Malta MU:Mauritius MV:Maldives MW:Malawi MX:Mexico MY:Malaysia MZ:Mozambique NA:Namibia
NC:NewCaledonia NE:Niger NF:NorfolkIsland NG:Nigeria NI:Nicaragua NL:Netherlands NO:Norway NP:Nepal NR:Nauru NU:Niue
NZ:NewZealand OM:Oman PA:Panama PE:Peru PF:FrenchPolynesia PG:PapuaNewGuinea PH:Philippines PK:Pakistan PL:Poland
PM:SaintPierreAndMiquelon PN:PitcaimIslands PR:PuertoRico PS:Palestine PT:Portugal PW:Palau PY:Paraguay QA:Qatar
RO:Romania RS:Serbia RU:Russia RW:Rwanda SA:SaudiArabia SB:SolomonIslands SC:Seychelles SD:Sudan SE:Sweden
SG:Singapore SH:SaintHelena SI:Slovenia SJ:Svalbard SK:Slovakia SL:SierraLeone SM:SanMarino SN:Senegal SO:Somalia
SR:Suriname ST:SaoTomeAndPrincipe SV:ElSalvador SY:Syria SZ:Swaziland TA:TristandaCunha TC:TurksAndCaicosIslands
TD:Chad TG:Togo TH:Thailand TJ:Tajikistan TK:Tokelau TL:EastTimor TM:Turkmenistan TN:Tunisia TO:Tonga TR:Turkey
TT:TrinidadAndTobago TV:Tuvalu TZ:Tanzania UA:Ukraine UG:Uganda US:UnitedStates UY:Uruguay UZ:Uzbekistan
VA:VaticanCity VC:SaintVincentAndGrenadines VE:Venezuela VI:VirginIslands VN:Vietnam VU:Vanuatu XK:Kosovo YE:Yemen
YT:Mayotte ZA:SouthAfrica ZM:Zambia ZW:Zimbabwe
"""
_NAMES = dict(entry.split(":") for entry in _TABLE.split())
_CODES = {name.casefold(): code for code, name in _NAMES.items()}


def name_of(code: str | None) -> str | None:
    """Uniconta's name of the country; nothing of one that it has none for."""
    return _NAMES.get(code.upper()) if code else None


def code_of(name: str) -> str | None:
    """The ISO code behind one of Uniconta's names, or of a code itself; nothing for anything else."""
    return _CODES.get(name.strip().casefold()) or (name.upper() if name.upper() in _NAMES else None)
