/** What the organization may use. */
export type Plan = 'SELF_HOSTED' | 'FREE' | 'STARTER' | 'GROWTH' | 'ENTERPRISE';

/** A person who belongs to the organization. */
export interface OrganizationMember {
  /** `usr_…` */
  id: string;
  email: string;
  role: string;
}

/** The organization that the key belongs to. */
export interface Organization {
  /** `org_…` */
  id: string;
  name: string;
  /** Where its owner is reached. */
  email: string;
  plan: Plan;
  orgType: string;
  members: OrganizationMember[];
  /** ISO 8601 UTC. */
  createdAt: string;
  updatedAt: string;
}

/** Parameters of `organizations.update`. */
export interface UpdateOrganizationParams {
  name?: string | undefined;
}

/** Answer of `organizations.update`. */
export interface UpdatedOrganization extends Organization {
  ok: boolean;
}
