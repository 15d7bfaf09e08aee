"""Every wrong set-up that the doctor must recognise; `docs/doctor.md` is made from this table."""

from tests.doctor.database_cases import DATABASE
from tests.doctor.environment_cases import ENVIRONMENT, SETTINGS
from tests.doctor.ovh_cases import OVH
from tests.doctor.people_cases import PEOPLE
from tests.doctor.setup import Case
from tests.doctor.slack_cases import SLACK

CASES: tuple[Case, ...] = (*SETTINGS, *ENVIRONMENT, *DATABASE, *SLACK, *PEOPLE, *OVH)
