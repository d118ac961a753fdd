-- Run by psql as the master user against a database that was restored beside the gateway's own. It reads what the
-- applications would, and fails where something is missing: the exit code is the verdict, the log has the counts.
\set ON_ERROR_STOP on
\pset tuples_only on

\getenv marked_at MARKED_AT

-- The observer's own trace, written before the moment that was restored. A missing one divides by zero.
SELECT 'marker of ' || max(timestamp) || ', asked for one since ' || :'marked_at'
FROM langfuse.traces
WHERE id = 'stargate-observer';
SELECT 'marker found: ' || 1 / (count(*) > 0)::int
FROM langfuse.traces
WHERE id = 'stargate-observer' AND timestamp >= :'marked_at'::timestamptz;

-- Each application's own tables are there and can be read.
SELECT 'keys: ' || count(*) FROM litellm."LiteLLM_VerificationToken";
SELECT 'traces: ' || count(*) FROM langfuse.traces;
\connect grafana
SELECT 'dashboards'' users: ' || count(*) FROM public."user";
