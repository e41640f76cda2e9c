import { cutCampaign } from '../host/shell-ssh-cutting.ts'

cutCampaign(Number(process.env['JAILOPS_TEST_CUTS'] ?? 104))
