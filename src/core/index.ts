/** What `import 'jailops'` gives to a command file. */
export { amountOf, sizeText } from './amount.ts'
export { auditJails, auditLooks } from './audit.ts'
export { answeringAgain, blastRadius, drain, drained, heldBehind, stopped } from './behind-proxy.ts'
export { baseLooks, baseRemarks } from './base-looks.ts'
export { defineCommand } from './command.ts'
export type { BotContext, Command, HostSummary, PlanContext, QueryContext } from './command.ts'
export { chosenJails, inStartOrder, jailOrTag, ownDependents, runningDependents, stoppedNeeds } from './chosen-jails.ts'
export { JailopsError } from './errors.ts'
export type { Answer } from './card.ts'
export type { Finding } from './finding.ts'
export { serviceActions } from './drivers.ts'
export type { Drivers, ReleaseSource } from './drivers.ts'
export type { Facts, Look, LookAnswer } from './host.ts'
export { logName, packageList, rcValue, rcVariable, serviceList, serviceName, templateName, wordsIn, zoneName } from './inside-names.ts'
export { jailTypes, managers } from './jail.ts'
export type { Jail, Manager, NewJail, Release, TrashEntry } from './jail.ts'
export { backendOf, hostName, jailName, releaseName, snapshotName, tagName, requestId, showSiteName, siteName } from './names.ts'
export { nothingToDo, plan } from './plan.ts'
export type { Plan } from './plan.ts'
export { isWell } from './proxy-status.ts'
export type { ServerStatus } from './proxy-status.ts'
export { checksText, nginxText } from './status-rows.ts'
export { aboutOf, backendsOf, oneStatusAnswer, proxyStatusAnswer } from './status-answer.ts'
export { trafficAnswer } from './traffic-charts.ts'
export { siteSchema, siteText } from './proxy.ts'
export { allowedSource, redirectTarget, siteUser } from './site-setting-words.ts'
export { appPort, placeOf, siteOrJail, sitePath, sitePlace } from './site-words.ts'
export { endpointOf } from './layout.ts'
export {
  answeringRoute,
  asCertified,
  changeText,
  isDrainedByRequest,
  mustOwn,
  reachable,
  returning,
  sameSite,
  siteNow,
  siteOf,
  sitesBelow,
  targetsText,
  targetText,
  withSettings,
} from './sites.ts'
export type { SitePlanning } from './sites.ts'
export { resourcesOf, siteResource } from './site-resources.ts'
export { shares } from './shares.ts'
export { mayClaim } from './site-claim.ts'
export { mustOwnSites, otherOwners, renamedIn, routedAgain, sitesOfTrash, sitesWithout } from './jail-sites.ts'
export { importedSites, refusedSites } from './site-import.ts'
export { planSites, siteSteps } from './site-plan.ts'
export type { LogLine } from './proxy-log.ts'
export type { Certificate, PastChange, ReachableTarget, Route, Site, SiteAddress, SiteChange, SiteSettings, Target } from './proxy.ts'
export { narrowingsOf } from './policy.ts'
export { offeredOptions } from './options.ts'
export { spanOf } from './span.ts'
export { splitWords } from './split-words.ts'
export { lookAtFiles, lookAtInstallation, lookAtPackages, lookAtServices, lookAtVariables, seenInside } from './seen-inside.ts'
export type { SeenInside } from './seen-inside.ts'
export { lookWhetherEnabled, mustTell, serviceIn, serviceOfJail } from './service-state.ts'
export type { BackendTraffic, Samples, Traffic, TrafficSeries } from './samples.ts'
export { sshTargetSchema } from './ssh-target.ts'
export type { Step } from './step.ts'
export { fillingOf, templateNamed } from './templates.ts'
export { visible } from './visible.ts'
export { redactValue } from './redact.ts'
export { newestOf } from './versions.ts'
