"""Events, return models and test statistics: whether prices moved abnormally."""
