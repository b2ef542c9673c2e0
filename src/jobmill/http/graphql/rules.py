"""Which of graphql-core's rules a document can break at all, told from its text.

Half of what validating costs are rules about variables, directives and fragments, which walk
through documents that have none of them. A text without their marks cannot break them; a mark in a
string or a comment only means that nothing is left out.
"""

from graphql import (
    ASTValidationRule,
    FragmentsOnCompositeTypesRule,
    KnownDirectivesRule,
    KnownFragmentNamesRule,
    NoFragmentCyclesRule,
    NoUndefinedVariablesRule,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    PossibleFragmentSpreadsRule,
    UniqueDirectivesPerLocationRule,
    UniqueFragmentNamesRule,
    UniqueVariableNamesRule,
    VariablesAreInputTypesRule,
    VariablesInAllowedPositionRule,
    specified_rules,
)

Rule = type[ASTValidationRule]
_VARIABLES: frozenset[Rule] = frozenset(
    {
        NoUndefinedVariablesRule,
        NoUnusedVariablesRule,
        UniqueVariableNamesRule,
        VariablesAreInputTypesRule,
        VariablesInAllowedPositionRule,
    }
)
_DIRECTIVES: frozenset[Rule] = frozenset({KnownDirectivesRule, UniqueDirectivesPerLocationRule})
_FRAGMENTS: frozenset[Rule] = frozenset(
    {
        FragmentsOnCompositeTypesRule,
        KnownFragmentNamesRule,
        NoFragmentCyclesRule,
        NoUnusedFragmentsRule,
        PossibleFragmentSpreadsRule,
        UniqueFragmentNamesRule,
    }
)
_MARKS = (
    (("$",), _VARIABLES),
    (("@",), _DIRECTIVES),
    (("...", "fragment"), _FRAGMENTS),
)


def rules_for(text: str) -> list[Rule]:
    """The rules that are to be asked about the document of a text."""
    needless: set[Rule] = set()
    for marks, rules in _MARKS:
        if not any(mark in text for mark in marks):
            needless |= rules
    return [rule for rule in specified_rules if rule not in needless]
