"""Run the study: findings, tables, export, notebooks, page and commands."""
