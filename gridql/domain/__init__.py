"""The rooms of the domain, each with the doors it needs: graphql > actions > models > rules."""
