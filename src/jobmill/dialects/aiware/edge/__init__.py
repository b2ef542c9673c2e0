"""The vendor's Edge REST API at /edge/v1: jobs, tasks, engines and status over the same core."""
