/** What `import 'jailops'` gives to a command file. */
export { amountOf, sizeText } from './amount.ts'
export { defineCommand } from './command.ts'
export type { BotContext, Command, HostSummary, PlanContext, QueryContext } from './command.ts'
export { chosenJails, inStartOrder, ownDependents } from './chosen-jails.ts'
export { JailopsError } from './errors.ts'
export type { Answer } from './card.ts'
export type { Finding } from './finding.ts'
export { serviceActions } from './drivers.ts'
export type { Drivers, ReleaseSource } from './drivers.ts'
export type { Facts, Look, LookAnswer, Route } from './host.ts'
export {
  logName,
  packageList,
  rcValue,
  rcVariable,
  releaseName,
  serviceList,
  serviceName,
  templateName,
  wordsIn,
  zoneName,
} from './inside-names.ts'
export { jailTypes, managers } from './jail.ts'
export type { Jail, Manager, NewJail, Release, TrashEntry } from './jail.ts'
export { backendOf, hostName, jailName, releaseName, snapshotName, tagName, requestId, showSiteName, siteName } from './names.ts'
export { nothingToDo, plan } from './plan.ts'
export type { Plan } from './plan.ts'
export { narrowingsOf } from './policy.ts'
export { splitWords } from './split-words.ts'
export { lookAtFiles, lookAtInstallation, lookAtPackages, lookAtServices, lookAtVariables, seenInside } from './seen-inside.ts'
export type { SeenInside } from './seen-inside.ts'
export { serviceState } from './service-state.ts'
export { sshTargetSchema } from './ssh-target.ts'
export type { Step } from './step.ts'
export { fillingOf, templateNamed } from './templates.ts'
export { newestOf } from './versions.ts'
