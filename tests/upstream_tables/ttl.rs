//! How long finished Jobs with a TTL may still be there.

use jobscope::controllers::ttl_after_finished::time_left;
use serde_json::json;

use super::objects::{Uids, time};
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    (table == "TestTimeLeft").then(|| of_job(case))
}

fn of_job(case: &Case) -> Result<(), String> {
    let job = Uids::default().job(case.given("job"))?;
    let now = time(case.given("since")).ok_or("no time")?;
    match (time_left(&job, now), case.want("errorContains").as_str()) {
        (Err(error), Some(part)) => same("error", &error.contains(part), &true),
        (Err(error), None) => Err(error),
        (Ok(left), _) => {
            same("time left", &json!(left.left_ms / 1_000), case.want("timeLeftSeconds"))?;
            same("expires", &Some(left.expires_at), &time(case.want("expireAt")))
        }
    }
}
