import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'job list',
  summary: 'The latest requests and how they stand',
  permission: 'job.list',
  risk: 'bot',
  takesHost: true,
  args: z.object({ limit: z.int().min(1).max(100).default(20).describe('how many') }),
  async answer({ args, host, requests }) {
    const found = (await requests(args.limit)).filter((request) => host === undefined || request.host === host)
    return {
      title: found.length === 0 ? 'No requests yet' : `The latest ${found.length} requests`,
      table: {
        columns: ['request', 'state', 'command', 'by', 'host', 'asked at'],
        rows: found.map((request) => [
          request.request,
          request.state,
          request.command,
          request.person,
          request.host,
          new Date(request.createdAt).toISOString().slice(0, 19),
        ]),
      },
    }
  },
})
