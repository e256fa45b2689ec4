#!/bin/sh
# Run by the Postgres image when its data directory is new: one role and one database for each service.
set -eu
for service in survey profile matching invitations outreach feedback; do
  psql --quiet --username postgres --set=ON_ERROR_STOP=1 --set=name="kindred_$service" --set=password="$KINDRED_POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
