"""Owners that registries accept, as bodies of `POST /domain/contact`. All data are invented."""

from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]


def _owner(form: str, city: str, zip_code: str, country: str, **more: Any) -> Body:
    person = {"firstName": "Ada", "lastName": "Otter"} | ({} if form == "individual" else {"organisationName": "Otter"})
    address = {"line1": "1 Example Street", "zip": zip_code, "city": city, "country": country}
    usual = {"email": "ada@example.com", "phone": "+33.123456789", "language": "en_GB", "legalForm": form}
    if "province" in more:
        address["province"] = more.pop("province")
    return usual | person | {"address": {part: text for part, text in address.items() if text}} | more


_FRENCH = _owner(
    "individual", "Ajaccio", "20000", "FR",
    birthDay="1990-04-30", birthCity="Ajaccio", birthZip="2A004", birthCountry="FR",
)  # fmt: skip
_AUSTRALIAN = _owner(
    "other", "Sydney", "2000", "AU",
    registrantDocumentType="ABN", companyNationalIdentificationNumber="83914571673",
)  # fmt: skip
_BRITISH = _owner("corporation", "London", "SW1A 1AA", "GB", companyNationalIdentificationNumber="01234567")
_COUNCIL = _owner(
    "administration", "York", "YO1 7HH", "GB",
    organisationType="council", organisationRole="Runs the town", organisationFunding="public",
    organisationStaffStatus="civil_servants", organisationAccountable="The county", roleInOrganisation="Clerk",
)  # fmt: skip
_SWEDISH = _owner("association", "Stockholm", "111 20", "SE", companyNationalIdentificationNumber="556677-8899")
_LAWYER = _owner(
    "personalcorporation", "Austin", "73301", "US", province="TX",
    accreditationId="4711", accreditationOrganism="Bar of Texas", accreditationCountry="US", accreditationYear=2001,
)  # fmt: skip
# Owners of extensions whose registry wants to know more than the account's own data tell.
OWNERS: Mapping[str, Body] = {
    "ca": _owner("corporation", "Toronto", "M5H 2N2", "CA", province="ON", legalFormCategory="CCO"),
    "hk": _owner(
        "individual", "Hong Kong", "", "HK",
        registrantDocumentType="HKID", nationalIdentificationNumber="A123456(3)", birthDay="1990-04-30",
    ),
    "com.au": _AUSTRALIAN, "net.au": _AUSTRALIAN,
    "swiss": _owner("corporation", "Bern", "3000", "CH", enterpriseId="CHE-123.456.788"),
    "it": _owner("corporation", "Rome", "00118", "IT", province="RM", vat="IT00743110157"),
    "es": _owner("individual", "Madrid", "28001", "ES", nationalIdentificationNumber="54362315K"),
    "berlin": _owner("individual", "Berlin", "10115", "DE"),
    "uk": _BRITISH, "co.uk": _BRITISH, "org.uk": _BRITISH, "me.uk": _BRITISH,
    "gov.uk": _COUNCIL, "ac.uk": _COUNCIL,
    "fr": _FRENCH, "re": _FRENCH, "pm": _FRENCH, "tf": _FRENCH, "wf": _FRENCH, "yt": _FRENCH,
    "pt": _owner("corporation", "Lisbon", "1000-001", "PT", companyNationalIdentificationNumber="501964843"),
    "se": _SWEDISH, "nu": _SWEDISH,
    "no": _owner("corporation", "Oslo", "0001", "NO", companyNationalIdentificationNumber="988077917"),
    "fi": _owner(
        "corporation", "Helsinki", "00100", "FI", province="Uusimaa", companyNationalIdentificationNumber="2077474-0"
    ),
    "dk": _owner("corporation", "Copenhagen", "1000", "DK", companyNationalIdentificationNumber="13585628"),
    "ro": _owner("corporation", "Bucharest", "010011", "RO", companyNationalIdentificationNumber="18547290"),
    "hu": _owner("corporation", "Budapest", "1011", "HU", vat="HU12892312"),
    "lt": _owner("corporation", "Vilnius", "01100", "LT", companyNationalIdentificationNumber="119511515"),
    "sg": _owner("corporation", "Singapore", "018956", "SG", companyNationalIdentificationNumber="00192200M"),
    "us": _owner("association", "Austin", "73301", "US", province="TX"),
    "law": _LAWYER, "abogado": _LAWYER,
    "jobs": _owner("corporation", "Paris", "75001", "FR", website="https://otter.example", roleInOrganisation="Head"),
}  # fmt: skip
