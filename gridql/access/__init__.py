"""Who may see and do what: accounts, tokens, the policy table, sealed personal data."""
