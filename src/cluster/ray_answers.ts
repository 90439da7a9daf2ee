/**
 * What a Ray cluster answers, as far as it is used here. A cluster is another program on another machine: whatever it says
 * has a type and a limit.
 *
 * Source: python/ray/dashboard/modules/job/{common,job_head}.py of Ray 2.60.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";

/** A name, a message or a version; more of it is of no use to anybody. */
const TEXT = z.string().max(1 << 20);

/** `GET /api/version`. */
export const RAY_VERSION = z.object({ version: TEXT, ray_version: TEXT });
/** Which Ray answers. */
export type RayVersion = z.output<typeof RAY_VERSION>;

/** Where a job can be. */
export const JOB_STATUS = z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]);
/** One of them. */
export type JobStatus = z.output<typeof JOB_STATUS>;

/** `GET /api/jobs/<id>`. */
export const RAY_JOB = z.object({
  status: JOB_STATUS,
  message: TEXT.nullish(),
  error_type: TEXT.nullish(),
  driver_exit_code: z.int().nullish(),
});
/** One job. */
export type RayJob = z.output<typeof RAY_JOB>;

/** `GET /api/jobs/<id>/logs`; how long it may be decides who reads it. */
export const JOB_LOG = z.object({ logs: z.string().nullish() });

/** `POST /api/jobs/`. */
export const SUBMITTED = z.object({ submission_id: TEXT });

/** `POST /api/jobs/<id>/stop`. */
export const STOPPED = z.object({ stopped: z.boolean() });

/** Whether nothing more will happen to a job. */
export function hasEnded({ status }: Pick<RayJob, "status">): boolean {
  return status === "STOPPED" || status === "SUCCEEDED" || status === "FAILED";
}
