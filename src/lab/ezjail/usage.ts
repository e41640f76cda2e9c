const admin = 'ezjail-admin'
const commands = 'archive|config|console|create|delete|freeze|install|list|restore|snapshot|troubleshoot|update'

export const usage = {
  admin: `${admin} v3.4.2\nUsage: ${admin} [${commands}] {params}`,
  install: `Usage: ${admin} install [-mMpPsS] [-h host] [-r release]`,
  create: `Usage: ${admin} create [-xbi] [-f flavour] [-r jailroot] [-s size] [-c bde|eli|zfs] [-C args] [-a archive] [-z parentzfs] jailname jailip`,
  delete: `Usage: ${admin} delete [-wf] jailname`,
  update: `Usage: ${admin} update [-s sourcetree|sourceosversion] [-p] (-b|-i|-u|-U|-P)`,
  config: `Usage: ${admin} config [-r run|norun] [-n newname] [-c cpuset] [-z zfs-datasets] [-f fib] [-i attach|detach|fsck] jailname`,
  console: `Usage: ${admin} console [-f] [-e command] jailname`,
  archive: `Usage: ${admin} archive [-Af] [-a archive] [-d archivedir] jailname [jailname...]`,
  restore: `Usage: ${admin} restore [-f] [-d archivedir] (archive|jailname)...`,
  freeze: `Usage: ${admin} freeze jailname newflavour`,
  list: `Usage: ${admin} list`,
}
