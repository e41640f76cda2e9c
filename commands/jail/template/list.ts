import { z } from 'zod'
import { defineCommand } from 'jailops'

export default defineCommand({
  path: 'jail template list',
  summary: 'The recipes for what can be in a jail',
  permission: 'jail.template.list',
  risk: 'read',
  needs: ['templates'],
  args: z.object({}),
  query({ facts }) {
    const { templates, layout } = facts
    return {
      title: `${templates.length} ${templates.length === 1 ? 'template' : 'templates'}`,
      text: `Your own are files of the host: ${layout.templates}/NAME.yaml`,
      table: {
        columns: ['template', 'for', 'packages', 'from'],
        rows: templates.map(({ name, description, packages, shipped, problem }) => [
          name,
          problem === undefined ? description : `cannot be used: ${problem}`,
          packages.join(', ') || '-',
          shipped === true ? 'jailops' : 'this host',
        ]),
      },
    }
  },
})
