"""Motion capture: one video to a moving skeleton. Never imported by the server."""
