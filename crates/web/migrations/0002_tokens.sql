-- The tokens of a duty end with it.
CREATE INDEX api_tokens_duty ON api_tokens (duty) WHERE ended_at IS NULL;
