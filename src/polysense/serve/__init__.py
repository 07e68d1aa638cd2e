"""One server over the same Library: HTTP API, OpenAI-compatible endpoint, MCP, and a page.

    settings      how it is served; from polysense.toml, the environment, flags
    library_pool  several libraries by name, each with its jobs
    jobs          long work that survives a restart
    access        tokens and what they may do
    guard         who is let in: host, origin, token
    limits        how much, how fast
    headers       what browsers may do with answers
    context       what every request can reach
    requests      questions out of JSON and forms
    responses     files as answers: inert, with ranges
    problems      errors as RFC 9457 documents
    schema        requests and answers, for the OpenAPI document
    serializers   values of the library as JSON with links
    uploads       files that come in
    fetch         files from addresses
    pictures      pictures of places
    telemetry     metrics and traces
    api/          the HTTP API: libraries, files, jobs, queries, media
    openai/       /v1, for clients of OpenAI
    mcp/          tools for agents
    page/         what people see
    app           puts it together
    run           starts it

Nothing is imported before `polysense serve` needs it.
"""
