import { cutCampaign } from './shell-ssh-cutting.ts'

cutCampaign(24)
