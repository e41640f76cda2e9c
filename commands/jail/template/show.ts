import { z } from 'zod'
import { defineCommand, templateName, templateNamed } from 'jailops'

export default defineCommand({
  path: 'jail template show',
  summary: 'All that a template brings into a jail',
  permission: 'jail.template.show',
  risk: 'read',
  example: 'jail template show redis',
  needs: ['templates'],
  args: z.object({ template: templateName.describe('which template') }),
  query({ args, facts }) {
    const { name, description, packages, sysrc, files, services, commands } = templateNamed(facts, args.template)
    const fields = [
      { name: 'Packages', value: packages.join(', ') },
      {
        name: 'rc.conf',
        value: Object.entries(sysrc)
          .map(([variable, value]) => `${variable}=${value}`)
          .join('\n'),
      },
      { name: 'Services', value: services.join(', ') },
      { name: 'Commands', value: commands.map((argv) => argv.join(' ')).join('\n') },
    ]
    return {
      title: description === '' ? name : `${name}: ${description}`,
      ...(files.length > 0 && { text: files.map(({ path, mode, content }) => `${path} (mode ${mode})\n${content}`).join('\n') }),
      fields: fields.filter(({ value }) => value !== ''),
    }
  },
})
