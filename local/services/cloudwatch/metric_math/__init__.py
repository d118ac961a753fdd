"""CloudWatch's metric math, as a pure function of the time series that an expression names.

What AWS does about missing datapoints differs from one operator to the next; each rule here follows the user
guide's page "Using metric math". Nothing of an expression is ever executed.

Biggest downside: of AWS's functions those that choose among series (SORT, SLICE, SEARCH) and those on time
(HOUR, DAY, RATE) are missing. They are refused by name.
"""

from local.services.cloudwatch.metric_math.expressions import evaluate, names
from local.services.cloudwatch.metric_math.values import ExpressionError, Scope, Series

__all__ = ["ExpressionError", "Scope", "Series", "evaluate", "names"]
