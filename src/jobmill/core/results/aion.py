"""Facts as AION (vtn-standard) and back; the rules lie in the kit, as those of facts do."""

from jobmill_engine.aion import (
    CONTRACTS,
    MEDIA_TYPE,
    AionInvalid,
    Origin,
    aion_documents,
    contract_errors,
    facts_from_aion,
    is_aion,
    read_document,
    validate_aion,
)

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
