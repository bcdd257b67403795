//! The cron library that Kubernetes uses: reading schedules, and when they are due next.

use jobscope::api::cron::rules::{self, Bounds, ParseOptions, STAR};
use jobscope::api::cron::{Schedule, SpecSchedule};
use jobscope::sim::{Time, Zone};
use serde_json::{Value, json};

use super::objects::time;
use super::{Case, Outcome, same};

pub fn run(table: &str, case: &Case) -> Outcome {
    Some(match table {
        "TestActivation" => activation(case),
        "TestAll" => all(case),
        "TestBits" => bits(case),
        "TestConstantDelayNext" => constant_delay_next(case),
        "TestField" => numbers(rules::field(text(case, "expr"), bounds(case)), case),
        "TestRange" => numbers(rules::range(text(case, "expr"), bounds(case)), case),
        "TestNext" => next(case),
        "TestNextWithTz" => next_with_offset(case),
        "TestErrors" | "TestSlash0NoHang" => parsed(ParseOptions::STANDARD, case),
        "TestNoDescriptorParser" => parsed(options(case)?, case),
        "TestNormalizeFields" | "TestNormalizeFields_Errors" => normalize_fields(case),
        "TestOptionalSecondSchedule" => parsed(OPTIONAL_SECOND, case),
        "TestParseSchedule" | "TestParseScheduleErrors" | "TestStandardSpecSchedule" => parsed(parser(case), case),
        _ => return None,
    })
}

/// Six fields beginning with the second, of which the last may be left out.
const SECONDS: ParseOptions = ParseOptions(
    ParseOptions::SECOND
        | ParseOptions::MINUTE
        | ParseOptions::HOUR
        | ParseOptions::DAY_OF_MONTH
        | ParseOptions::MONTH
        | ParseOptions::DAY_OF_WEEK_OPTIONAL
        | ParseOptions::DESCRIPTOR,
);
const OPTIONAL_SECOND: ParseOptions = ParseOptions(ParseOptions::SECOND_OPTIONAL | ParseOptions::STANDARD.0);

fn activation(case: &Case) -> Result<(), String> {
    let schedule = Schedule::parse(text(case, "spec"))?;
    let found = schedule.next(moment(case, "from")?, &Zone::utc());
    same("active", &json!(found == Some(moment(case, "time")?)), case.want("active"))
}

fn all(case: &Case) -> Result<(), String> {
    let bounds = match text(case, "field") {
        "minutes" => rules::MINUTES,
        "hours" => rules::HOURS,
        "dom" => rules::DAYS_OF_MONTH,
        "months" => rules::MONTHS,
        "dow" => rules::DAYS_OF_WEEK,
        other => return Err(format!("unknown field {other}")),
    };
    numbers(Ok(rules::all(bounds)), case)
}

fn bits(case: &Case) -> Result<(), String> {
    let number = |field| case.given(field).as_u64().unwrap_or_default();
    same("values", &values(rules::bits(number("min"), number("max"), number("step"))), case.want("values"))
}

fn constant_delay_next(case: &Case) -> Result<(), String> {
    let delay_ns = case.given("delayNanoseconds").as_i64().unwrap_or_default();
    same_next(Schedule::every_ns(delay_ns).next(moment(case, "time")?, &Zone::utc()), case)
}

fn next(case: &Case) -> Result<(), String> {
    let after = moment(case, "time")?;
    let zone = match case.given("timeZone").as_str() {
        Some(name) => Zone::named(name).ok_or("no such zone")?,
        None => written_zone(text(case, "time")),
    };
    same_next(rules::parse(text(case, "spec"), SECONDS)?.next(after, &zone), case)?;
    match case.given("standardSpec").as_str() {
        Some(spec) => same_next(Schedule::parse(spec)?.next(after, &zone), case),
        None => Ok(()),
    }
}

fn next_with_offset(case: &Case) -> Result<(), String> {
    let zone = written_zone(text(case, "time"));
    same_next(Schedule::parse(text(case, "spec"))?.next(moment(case, "time")?, &zone), case)
}

fn same_next(found: Option<Time>, case: &Case) -> Result<(), String> {
    same("next", &found, &time(case.want("next")))
}

fn normalize_fields(case: &Case) -> Result<(), String> {
    let fields: Vec<String> = case.given_as("fields")?;
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let options = options(case).ok_or("unknown options")?;
    match rules::normalize_fields(&fields, options) {
        Ok(found) => same("fields", &json!(found), case.want("fields")),
        Err(complaint) => same_error(&complaint, case),
    }
}

fn parsed(options: ParseOptions, case: &Case) -> Result<(), String> {
    match rules::parse(text(case, "spec"), options) {
        Ok(found) => same("schedule", &schedule(&found), case.want("schedule")),
        Err(complaint) => same_error(&complaint, case),
    }
}

fn numbers(found: Result<u64, String>, case: &Case) -> Result<(), String> {
    match found {
        Ok(found) => {
            same("values", &values(found), case.want("values"))?;
            same("star", &json!(found & STAR != 0), case.want("star"))
        }
        Err(complaint) => same_error(&complaint, case),
    }
}

fn same_error(complaint: &str, case: &Case) -> Result<(), String> {
    let part = case.want("errorContains").as_str();
    let wanted = part.is_some() || *case.want("error") == Value::Bool(true);
    if wanted && complaint.contains(part.unwrap_or_default()) { Ok(()) } else { Err(complaint.to_owned()) }
}

fn schedule(found: &Schedule) -> Value {
    match found {
        Schedule::Every { delay_s } => json!({"everySeconds": delay_s}),
        Schedule::Spec(SpecSchedule { second, minute, hour, day_of_month, month, day_of_week, zone }) => {
            let field = |bits: &u64| json!({"values": values(*bits), "star": bits & STAR != 0});
            json!({
                "second": field(second), "minute": field(minute), "hour": field(hour), "dom": field(day_of_month),
                "month": field(month), "dow": field(day_of_week),
                "timeZone": zone.as_ref().map_or("Local", Zone::name),
            })
        }
    }
}

fn values(bits: u64) -> Value {
    json!((0..63).filter(|number| bits >> number & 1 == 1).collect::<Vec<u64>>())
}

fn text<'a>(case: &'a Case, field: &str) -> &'a str {
    case.given(field).as_str().unwrap_or_default()
}

fn moment(case: &Case, field: &str) -> Result<Time, String> {
    time(case.given(field)).ok_or_else(|| format!("{field} is no time"))
}

fn bounds(case: &Case) -> Bounds {
    let number = |field| case.given(field).as_u64().unwrap_or_default();
    Bounds { min: number("min"), max: number("max"), names: &[] }
}

fn parser(case: &Case) -> ParseOptions {
    if text(case, "parser") == "seconds" { SECONDS } else { ParseOptions::STANDARD }
}

/// `None` when one of them is unknown.
fn options(case: &Case) -> Option<ParseOptions> {
    let option = |name: &Value| {
        Some(match name.as_str()? {
            "second" => ParseOptions::SECOND,
            "second?" => ParseOptions::SECOND_OPTIONAL,
            "minute" => ParseOptions::MINUTE,
            "hour" => ParseOptions::HOUR,
            "dom" => ParseOptions::DAY_OF_MONTH,
            "month" => ParseOptions::MONTH,
            "dow" => ParseOptions::DAY_OF_WEEK,
            "dow?" => ParseOptions::DAY_OF_WEEK_OPTIONAL,
            "descriptor" => ParseOptions::DESCRIPTOR,
            _ => return None,
        })
    };
    case.given("options")
        .as_array()?
        .iter()
        .try_fold(ParseOptions(0), |all, name| Some(ParseOptions(all.0 | option(name)?)))
}

/// The zone of a time by the offset at its end.
fn written_zone(text: &str) -> Zone {
    let offset = text.get(text.len().saturating_sub(6)..).filter(|offset| offset.starts_with(['+', '-']));
    let minutes = |offset: &str| {
        let (hours, minutes) = offset[1..].split_once(':')?;
        let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
        Some(if offset.starts_with('-') { -minutes } else { minutes })
    };
    Zone::fixed("written", offset.and_then(minutes).unwrap_or(0) * 60)
}
