"""The rules: id → pure function from the traffic of one software to what is found there. Their words: `rules.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from coach.rules import acts, identity, reading, repeating, webhooks
from coach.traffic import Found, Traffic

RULES: Mapping[str, Callable[[Traffic], Iterable[Found]]] = {
    "idempotency-key-missing": repeating.key_missing,
    "idempotency-key-reused": repeating.key_reused,
    "retry-with-new-key": repeating.retry_with_new_key,
    "same-act-twice": repeating.same_act_twice,
    "retried-although-never": repeating.blind_retry,
    "resent-unchanged": repeating.unchanged_after_422,
    "rate-limit-ignored": repeating.rate_limit_ignored,
    "retry-too-soon": repeating.retry_too_soon,
    "polling-too-fast": reading.polling_too_fast,
    "list-downloaded-again": reading.list_downloaded_again,
    "revision-not-reread": reading.revision_not_reread,
    "warnings-ignored": acts.warnings_ignored,
    "secret-in-address": identity.secret_in_address,
    "lease-never-released": acts.lease_abandoned,
    "token-at-each-call": identity.token_at_each_call,
    "scope-unused": identity.scope_unused,
    "user-agent-missing": identity.agent_missing,
    "user-agent-unchanged": identity.agent_default,
    "version-not-sent": identity.version_unsaid,
    "rights-not-checked": acts.rights_not_checked,
    "scan-not-checked": acts.scan_not_checked,
    "resolved-twice": acts.resolved_twice,
    "platform-time-ignored": acts.platform_time_ignored,
    "webhook-signature-ignored": webhooks.signature_ignored,
    "webhook-unanswered": webhooks.webhook_unanswered,
}
