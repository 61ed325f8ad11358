"""Events: what happened to the sheets a software took part in, by the pull feed and by webhooks."""
