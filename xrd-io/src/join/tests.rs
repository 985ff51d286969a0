use super::*;

fn table(text: &str) -> LabelTable {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.csv");
    std::fs::write(&path, text).unwrap();
    crate::read_labels(&path).unwrap()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&n| n.to_owned()).collect()
}

#[test]
fn names_join_whatever_their_order() {
    let t = table("Fe,file,group\n1,runs/b.xy,p\n2,a.xy,q\n");
    for patterns in [["a", "b"], ["a.xy", "b.xy"], ["a.csv", "b"]] {
        let labels = join(&t, &names(&patterns), false, &[]).unwrap();
        assert_eq!(labels.column("Fe").unwrap(), [2.0, 1.0]);
    }
    let rows = match_rows(&t, &names(&["b", "a"]), false).unwrap();
    assert_eq!(rows, [0, 1]);
}

#[test]
fn dots_in_names_are_not_extensions() {
    let t = table("name,x\nFe1.25,1\nFe1.5,2\n");
    let labels = join(&t, &names(&["Fe1.5", "Fe1.25"]), false, &[]).unwrap();
    assert_eq!(labels.column("x").unwrap(), [2.0, 1.0]);
}

#[test]
fn names_with_dots_never_meet_others() {
    let files = names(&["S0.a", "S1.b"]);
    let other = table("name,x\nS0.b,1\nS1.a,2\n");
    let message = match_rows(&other, &files, true).unwrap_err().to_string();
    assert!(
        message.contains("no row for pattern S0.a, S1.b"),
        "{message}"
    );
    let own = table("name,x\nS1.b.xy,1\nscans/S0.a.xy.gz,2\n");
    assert_eq!(match_rows(&own, &files, true).unwrap(), [1, 0]);
    let of_matrix = names(&["S0.a.csv", "x/S1.b.xy"]);
    assert_eq!(match_rows(&own, &of_matrix, true).unwrap(), [1, 0]);
    let folders = table("name,x\nx/a.xy,1\ny/b.xy,2\n");
    assert!(match_rows(&folders, &names(&["y/a", "x/b"]), true).is_err());
}

#[test]
fn accents_may_stand_apart() {
    let t = table("name,x\ne\u{301}1,1\nä,2\n");
    let rows = match_rows(&t, &names(&["a\u{308}", "\u{e9}1"]), false);
    assert_eq!(rows.unwrap(), [1, 0]);
    let both = table("name,x\ne\u{301},1\n\u{e9},2\n");
    let rows = match_rows(&both, &names(&["\u{e9}", "e\u{301}"]), false);
    assert_eq!(rows.unwrap(), [1, 0]);
}

#[test]
fn names_stand_for_patterns() {
    let patterns = names(&["a", "b.x", "c.xy", "c.csv", "a.xy"]);
    let found = find_patterns(&["a", "b.x.xy", "c", "d", "b.x", "a"], &patterns);
    assert_eq!(
        found,
        [vec![0], vec![1], vec![2, 3], vec![], vec![1], vec![0]]
    );
}

#[test]
fn names_are_found_under_any_heading() {
    let patterns = names(&["s0", "s1", "s2"]);
    for head in ["ID", "Sample name", "№", ""] {
        let t = table(&format!(
            "Fe,{head},phase\n2,s2.xy,a\n1,s1.xy,a\n0,s0.xy,b\n"
        ));
        for by_order in [ByOrder::Never, ByOrder::WithoutNames] {
            let found = matched(&t, &patterns, by_order).unwrap();
            assert_eq!((&found.rows[..], found.column), (&[2, 1, 0][..], Some(1)));
            let labels = found.labels(&t, &[]).unwrap();
            assert_eq!(labels.columns(), ["Fe"], "{head}");
        }
        let numbered = matched(&t, &patterns, ByOrder::Always).unwrap();
        assert_eq!(
            (&numbered.rows[..], numbered.column),
            (&[0, 1, 2][..], None)
        );
    }
}

#[test]
fn the_column_that_fits_comes_before_the_first() {
    let patterns = names(&["s0", "s1"]);
    let join = |text| join(&table(text), &patterns, true, &[]);
    let labels = join("sample,file,Fe\n7,s1.xy,1\n8,s0.xy,0\n").unwrap();
    assert_eq!(labels.columns(), ["Fe"]);
    assert_eq!(labels.column("Fe").unwrap(), [0.0, 1.0]);
    assert!(join("sample,file,Fe\nA,s1,1\nA,s0,0\n").is_ok());
    let refused = join("sample,file,Fe\nA,s1,1\nA,s3,0\n").unwrap_err();
    assert!(
        refused.to_string().contains("column 'file': no row"),
        "{refused}"
    );
    let refused = join("a,b,Fe\ns0,s1,1\ns1,s0,0\n").unwrap_err();
    let expected = "columns 'a' and 'b' hold the names in different orders";
    assert!(refused.to_string().contains(expected), "{refused}");
}

#[test]
fn some_of_the_names_are_not_enough() {
    let refusal = |text: &str| {
        let patterns = names(&["s0", "s1", "s2"]);
        let refused = match_rows(&table(text), &patterns, true);
        refused.unwrap_err().to_string()
    };
    let message = refusal("phase,ID,Fe\na,s0,1\na,s1,2\nb,s3,3\n");
    let expected = "column 'ID': no row for pattern s2; no pattern for row s3";
    assert!(message.ends_with(expected), "{message}");
    let message = refusal("ID,Fe\ns0,1\ns0,2\ns1,3\n");
    assert!(
        message.contains("line 3: column 'ID': 's0' matches a row twice"),
        "{message}"
    );
    // Numbers that are by chance the names of some patterns.
    let t = table("Fe\n1\n7\n");
    assert_eq!(match_rows(&t, &names(&["1", "2"]), true).unwrap(), [0, 1]);
}

#[test]
fn an_exact_name_comes_before_a_stem() {
    let t = table("name,x\na.xy,1\na.csv,2\n");
    let rows = match_rows(&t, &names(&["a.csv", "a.xy"]), false).unwrap();
    assert_eq!(rows, [1, 0]);
    let message = match_rows(&t, &names(&["a"]), false)
        .unwrap_err()
        .to_string();
    assert!(message.contains("'a' matches a row twice"), "{message}");
}

#[test]
fn both_sides_are_listed() {
    let t = table("name,x\na,1\nb,2\n");
    let refusal = |n: &[&str]| match_rows(&t, &names(n), true).unwrap_err().to_string();
    let message = refusal(&["a", "c"]);
    assert!(
        message.ends_with("no row for pattern c; no pattern for row b"),
        "{message}"
    );
    let many: Vec<String> = (0..9).map(|i| format!("p{i}")).collect();
    let message = match_rows(&t, &many, true).unwrap_err().to_string();
    assert!(
        message.contains("p0, p1, p2, p3, p4 and 4 more"),
        "{message}"
    );
    assert!(refusal(&["a", "A"]).contains("pattern A"));
    assert!(refusal(&["a", "a.xy"]).contains("'a.xy' matches a pattern twice"));
    let twice = table("name,x\na,1\na,2\n");
    assert!(match_rows(&twice, &names(&["a"]), true).is_err());
}

#[test]
fn order_joins_only_where_it_means_something() {
    let t = table("x,y\n1,2\n3,4\n");
    assert_eq!(match_rows(&t, &names(&["p", "q"]), true).unwrap(), [0, 1]);
    let refused = match_rows(&t, &names(&["p", "q"]), false);
    assert!(matches!(refused, Err(Error::NoNameColumn { .. })));
    let message = match_rows(&t, &names(&["p"]), true)
        .unwrap_err()
        .to_string();
    assert!(
        message.ends_with("1 patterns but 2 label rows"),
        "{message}"
    );
}

#[test]
fn a_count_names_nothing() {
    let t = table("Mn,rank\n1,3\n2,1\n3,2\n");
    for patterns in [["1", "2", "3"], ["0", "1", "2"]] {
        let found = matched(&t, &names(&patterns), true).unwrap();
        assert_eq!((found.rows, found.column), (vec![0, 1, 2], None));
        assert!(matched(&t, &names(&patterns), false).is_err());
    }
    // Under a heading that says so they are names.
    let named = table("Mn,sample\n1,3\n2,1\n3,2\n");
    let found = matched(&named, &names(&["1", "2", "3"]), true).unwrap();
    assert_eq!(found.rows, [1, 2, 0]);
}
