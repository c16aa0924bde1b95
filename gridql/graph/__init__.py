"""The read engine: a GraphQL selection becomes one SQL statement that returns the answer's JSON."""
