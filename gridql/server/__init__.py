"""The doors: HTTP, WebSocket and who stands before them."""
