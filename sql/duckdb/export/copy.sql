-- Writes a query's rows to a file or, as /dev/fd/N, into a pipe. The line break keeps a comment at the query's end within it.
COPY ({{query}}
) TO {{file}} ({{options}})
