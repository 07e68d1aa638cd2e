"""One server over the same Library: HTTP API, OpenAI-compatible endpoint, MCP, and a page.

    settings   how it is served; from polysense.toml, the environment, flags
    shelf      several libraries by name, each with its jobs
    jobs       long work that survives a restart
    access     tokens and what they may do
    guard      who is let in: host, origin, token     limits   how much, how fast     headers   what
               browsers may do with it
    problems   errors as RFC 9457 documents     sent   files as answers: inert, with ranges
    schema     requests and answers, for the OpenAPI document
    api/       the HTTP API: libraries, files, jobs, queries, media
    openai     /v1, with openai_{schema,chat,errors}     mcp   tools for agents, with
               mcp_{tools,content}
    page/      what people see
    app        puts it together          run   starts it

Nothing is imported before `polysense serve` needs it.
"""
