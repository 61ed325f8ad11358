"""Public health indicators: boxes by region, period and group of medicines, published in lots of patients."""
