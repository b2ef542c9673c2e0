"""AION (also called vtn-standard, version 1.2): the JSON that aiWARE engines answer in.

`aion_documents` writes facts as AION, `facts_from_aion` reads them back, `validate_aion` checks a
document against the contracts that it names. Pure, and without dependencies.
"""

from jobmill_engine.aion.checking import contract_errors, validate_aion
from jobmill_engine.aion.format import CONTRACTS
from jobmill_engine.aion.reading import AionInvalid, facts_from_aion, is_aion, read_document
from jobmill_engine.aion.writing import MEDIA_TYPE, Origin, aion_documents

__all__ = [
    "CONTRACTS",
    "MEDIA_TYPE",
    "AionInvalid",
    "Origin",
    "aion_documents",
    "contract_errors",
    "facts_from_aion",
    "is_aion",
    "read_document",
    "validate_aion",
]
