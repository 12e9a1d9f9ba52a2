"""The countries in the order of their numbers (contract, appendix A)."""

from __future__ import annotations

from typing import Final

_IN_ORDER: Final = """
Unknown Abkhazia Afghanistan Aland Albania Algeria AmericanSamoa Andorra Angola Anguilla AntiguaBarbuda
Argentina Armenia Aruba AscensionIsland Australia Austria Azerbaijan Bahamas Bahrain Bangladesh Barbados Belarus
Belgium Belize Benin Bermuda Bhutan Bolivia BosniaHerzegovina Botswana Brazil Brunei Bulgaria BurkinaFaso
Burundi Cambodia Cameroon Canada CapeVerde CaymanIslands CentralAfricaRepublic Chad Chile China ChristmasIsland
CocosKeelingIslands Colombia Comoros Congo CookIslands CostaRica Cotedlvoire Croatia Cuba Cyprus CzechRepublic
Denmark Djibouti Dominica DominicanRepublic EastTimor Ecuador Egypt ElSalvador EquatorialGuinea Eritrea Estonia
Ethiopia FalklandIslands FaroeIslands Fiji Finland France FrenchPolynesia Gabon Gambia Georgia Germany Ghana
Gibraltar Greece Greenland Grenada Guam Guatemala Guemsey Guinea GuineaBissau Guyana Haiti Honduras HongKong
Hungary Iceland India Indonesia Iran Iraq Ireland IsleofMan Israel Italy Jamaica Japan Jersey Jordan Kazakhstan
Kenya Kiribati KoreaNorth KoreaSouth Kosovo Kuwait Kyrgyzstan Laos Latvia Lebanon Lesotho Liberia Libya
Liechtenstein Lithuania Luxembourg Macao Macedonia Madagascar Malawi Malaysia Maldives Mali Malta
MarshallIslands Mauritania Mauritius Mayotte Mexico Micronesia Moldova Monaco Mongolia Montenegro Montserrat
Morocco Mozambique Myanmar NagornoKarabakh Namibia Nauru Nepal Netherlands NewCaledonia NewZealand Nicaragua
Niger Nigeria Niue NorfolkIsland NorthernCyprus NorthernMarianaIslands Norway Oman Pakistan Palau Palestine
Panama PapuaNewGuinea Paraguay Peru Philippines PitcaimIslands Poland Portugal PuertoRico Qatar Romania Russia
Rwanda SahrawiArabDemocraticRepublic SaintBarthelemy SaintHelena SaintKittsAndNevis SaintLucia SaintMartin
SaintPierreAndMiquelon SaintVincentAndGrenadines Samos SanMarino SaoTomeAndPrincipe SaudiArabia Senegal Serbia
Seychelles SierraLeone Singapore Slovakia Slovenia SolomonIslands Somalia Somaliland SouthAfrica SouthOssetia
Spain SriLanka Sudan Suriname Svalbard Swaziland Sweden Switzerland Syria Tajikistan Tanzania Thailand Togo
Tokelau Tonga Transnistria TrinidadAndTobago TristandaCunha Tunisia Turkey Turkmenistan TurksAndCaicosIslands
Tuvalu Uganda Ukraine UnitedArabEmirates UnitedKingdom UnitedStates Uruguay Uzbekistan Vanuatu VaticanCity
Venezuela Vietnam VirginIslands Yemen Zambia Zimbabwe
"""

_SIGNED_BYTE: Final = 128

COUNTRIES: Final = {
    number if number < _SIGNED_BYTE else number - 2 * _SIGNED_BYTE: name
    for number, name in enumerate(_IN_ORDER.split())
}
"""Number to name; numbers from 128 on are told as negative ones."""
