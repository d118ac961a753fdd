-- Run by psql as the master user, before any application starts; running it again changes nothing.
-- One role per application, a schema each for LiteLLM and Langfuse, a database of its own for Grafana, which has
-- no schema setting. Passwords come from the environment, where ECS put them, and appear in no command line.
\set ON_ERROR_STOP on
\set QUIET on

\getenv litellm_password LITELLM_PASSWORD
\getenv langfuse_password LANGFUSE_PASSWORD
\getenv grafana_password GRAFANA_PASSWORD

SELECT format('CREATE ROLE %I', wanted.name)
FROM (VALUES ('litellm'), ('langfuse'), ('grafana')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
\gexec

ALTER ROLE litellm WITH LOGIN PASSWORD :'litellm_password';
ALTER ROLE langfuse WITH LOGIN PASSWORD :'langfuse_password';
ALTER ROLE grafana WITH LOGIN PASSWORD :'grafana_password';

-- RDS's master is no superuser: to give something to a role it must be a member of it.
GRANT litellm, langfuse, grafana TO CURRENT_USER;

-- Who may connect to the shared database is said here, not left to PUBLIC.
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO litellm, langfuse', current_database())
\gexec
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS litellm AUTHORIZATION litellm;
CREATE SCHEMA IF NOT EXISTS langfuse AUTHORIZATION langfuse;

-- For statements that name no schema; the connection URLs name it as well.
SELECT format('ALTER ROLE %I IN DATABASE %I SET search_path = %I', wanted.name, current_database(), wanted.name)
FROM (VALUES ('litellm'), ('langfuse')) AS wanted (name)
\gexec

SELECT 'CREATE DATABASE grafana OWNER grafana'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'grafana')
\gexec
REVOKE ALL ON DATABASE grafana FROM PUBLIC;
