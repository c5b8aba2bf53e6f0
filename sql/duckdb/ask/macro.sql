-- A question as a function of a database, for those who ask without smew.
CREATE OR REPLACE MACRO smew.{{name}}({{parameters}}) AS TABLE {{query}}
